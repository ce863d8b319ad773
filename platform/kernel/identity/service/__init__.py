"""Use cases of identity, one file each. All run in the identity scope: before a tenant is known, or across them."""
