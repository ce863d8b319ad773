"""双随机: verifiable draws of schools, inspectors and days, and what stands in the way of an assignment."""
