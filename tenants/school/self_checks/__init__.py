"""A school's own checks: self-inspection with the bureau's forms, and checks that recur."""
