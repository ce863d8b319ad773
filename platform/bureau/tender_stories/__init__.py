"""演示招标: whole lives of demo tenders, told through every package's own services at the instants at which they play.

Stands above all of central procurement and below nothing; it holds demo data only.
"""
