"""Forms from the tables that bureaus have: workbooks and Word documents → the data that scorecards.importing takes in."""
