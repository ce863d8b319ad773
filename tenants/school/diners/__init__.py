"""Who eats: classes, pupils, meal plans, how many eat which meal."""
