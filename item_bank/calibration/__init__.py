"""Item parameters from candidates' answers: upload, estimation, judgement, approval."""
