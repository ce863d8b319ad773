"""Appeals (申诉): a school contests an item of a released result; somebody else than its inspectors decides."""
