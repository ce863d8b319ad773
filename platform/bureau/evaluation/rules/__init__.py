"""Rules of the evaluation of bids: exact, pure, with the article each rests on. Figures of law come in as arguments.

Keys of bids, members, criteria and lots are any hashable, sortable-as-text values (UUIDs in the services).
"""
