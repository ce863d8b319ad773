"""The canteen's own money: charges, refunds, costs, monthly statement."""
