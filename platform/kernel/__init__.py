"""What every module stands on and no module's word appears in: database, tenancy, identity, access, web, API."""
