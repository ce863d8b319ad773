"""Use cases, one file each: checks begun and read, answers kept, checks submitted, schedules, the calendar."""
