"""Items on paper: examination papers and their answers as Word documents."""
