"""What was refused at the door, and the warnings of lots that follow from it."""
