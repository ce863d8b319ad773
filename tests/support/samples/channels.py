from kernel.actor import system_actor
from kernel.database import new_id
from kernel.notices import channels
from tests.support.samples import Sample


def _webhook(world, place):
    return channels.save_webhook(
        system_actor(world.bureaus[place[0]]), new_id(), None, name=f"演示群 {place}", channel="wecom",
        url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=demo", secret="", is_active=True,
    ).id  # fmt: skip


SAMPLES = {"webhook_id": Sample(_webhook, owner="bureau")}
