"""What is due, by whom, by when; which record fulfils it."""
