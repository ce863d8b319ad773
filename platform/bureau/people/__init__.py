"""People of a district: who they are to the bureau, which roles they hold where, and who may change that."""
