/** Candidate page. */
import { mount } from "svelte";
import "../lib/ui/tokens.css";
import "../lib/ui/formulas.css";
import Exam from "./Exam.svelte";

const target = document.getElementById("app");
if (target) mount(Exam, { target });
