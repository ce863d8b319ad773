"""The registry's pages."""

from bureau.schools.views import bureau_profile, imports, schools, terms, transitions, zones

BLUEPRINTS = (bureau_profile.blueprint, zones.blueprint, imports.blueprint, schools.blueprint, terms.blueprint)

__all__ = ["BLUEPRINTS", "transitions"]
