"""From the opening to the award decision: review, committee, scores, ranking, report."""
