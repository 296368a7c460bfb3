/** Keeps the sample exam at hand, apart from what the exam keeps. */
import { keepPage } from "../lib/pageWorker";

keepPage();
