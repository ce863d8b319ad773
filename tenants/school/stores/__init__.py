"""Stock of a school: a double-entry ledger of food, consumables and hazardous goods."""
