"""The committee report: what a board signs about the forms it had assembled, as PDF and as a spreadsheet."""
