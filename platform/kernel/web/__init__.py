"""Pages: forms, errors, headers, locale, layout."""
