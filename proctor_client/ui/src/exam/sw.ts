/** Keeps the candidate page at hand: a reload in the middle of the exam must not need the network. */
import { keepPage } from "../lib/pageWorker";

keepPage();
