from tests.support.samples import Sample

ZONE_OF = {"a1": "a-east", "a2": "a-east", "a3": "a-west", "b1": "b-east"}

SAMPLES = {
    "school_id": Sample(lambda world, place: world.schools[place]),
    "zone_id": Sample(lambda world, place: world.zones[ZONE_OF[place]], owner="bureau"),
}
