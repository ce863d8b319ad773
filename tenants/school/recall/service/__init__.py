"""Use cases of recalls: finding suspect lots, tracing them, telling schools, what schools answer."""
