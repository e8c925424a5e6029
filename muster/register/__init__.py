"""The register as people ask for it: filtered, searched, sorted, paged; for pages and the API alike."""
