"""One edition of the Assises: its phases, verticals, colleges and charter."""
