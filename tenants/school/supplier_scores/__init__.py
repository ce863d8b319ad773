"""What suppliers did, from facts only: on time, short, refused, papers, answers; and their right to answer."""
