"""What people said, in their words; and the short statements that others agree or disagree with."""
