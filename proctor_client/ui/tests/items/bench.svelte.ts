/** What a test shows on the page of items and what it gets back. */

import { answerState } from "$items/answered";
import type { ItemView, Response } from "$items/types";
import { chooseLanguage, type Language } from "$lib/i18n/language.svelte";

export class Bench {
  item = $state.raw<ItemView | null>(null);
  response = $state.raw<Response>([]);
  isReadOnly = $state(false);
  /** Every response reported so far, with the item it was reported for. */
  reported: [string, Response][] = [];

  show(item: ItemView, response: Response = [], isReadOnly = false): void {
    this.item = item;
    this.response = response;
    this.isReadOnly = isReadOnly;
    this.reported = [];
  }

  /** Goes on to another item of the same paper. */
  goTo(item: ItemView): void {
    this.item = item;
    this.response = [];
  }

  take(response: Response, ref: string): void {
    this.reported.push([ref, response]);
    if (ref === this.item?.ref) this.response = response;
  }

  get state(): string {
    return this.item ? answerState(this.item, this.response) : "";
  }

  speak(language: Language): Promise<void> {
    return chooseLanguage(language);
  }
}
