"""Pure rules of a tender: its states, its terms, its rule packs. Codes and figures only, no words for people."""
