/** Keeps the verification page at hand: a certificate is also checked where there is no network. */
import { keepPage } from "../lib/pageWorker";

keepPage();
