"""One score per school from several inspections and surveys (综合评价), each with its weight."""
