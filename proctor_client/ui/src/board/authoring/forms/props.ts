/** What every form of a kind gets; `onchange` takes the whole new content and key. */
import type { Faults } from "../model/faults";
import type { ContentOf, KeyForm, KeyOf, Kind } from "../model/work";

export interface FormProps<K extends Kind, F extends KeyForm> {
  content: ContentOf<K>;
  key: KeyOf<F>;
  faults: Faults;
  onchange: (content: ContentOf<K>, key: KeyOf<F>) => void;
}
