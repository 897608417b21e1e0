import { setting } from "../app/setting";
import type { Expression } from "./expression";

type Word = Expression | "uncertain";

interface Language {
  name: string;
  words: Record<Word, string>;
}

/** What each expression is called. A further language is a further entry. */
export const languages = {
  en: {
    name: "English",
    words: {
      angry: "angry",
      disgust: "disgust",
      fear: "fear",
      happy: "happy",
      sad: "sad",
      surprise: "surprise",
      neutral: "neutral",
      uncertain: "uncertain",
    },
  },
  de: {
    name: "Deutsch",
    words: {
      angry: "Wut",
      disgust: "Ekel",
      fear: "Angst",
      happy: "Freude",
      sad: "Trauer",
      surprise: "Überraschung",
      neutral: "neutral",
      uncertain: "unsicher",
    },
  },
  es: {
    name: "Español",
    words: {
      angry: "enfado",
      disgust: "asco",
      fear: "miedo",
      happy: "alegría",
      sad: "tristeza",
      surprise: "sorpresa",
      neutral: "neutral",
      uncertain: "incierto",
    },
  },
  fr: {
    name: "Français",
    words: {
      angry: "colère",
      disgust: "dégoût",
      fear: "peur",
      happy: "joie",
      sad: "tristesse",
      surprise: "surprise",
      neutral: "neutre",
      uncertain: "incertain",
    },
  },
  it: {
    name: "Italiano",
    words: {
      angry: "rabbia",
      disgust: "disgusto",
      fear: "paura",
      happy: "gioia",
      sad: "tristezza",
      surprise: "sorpresa",
      neutral: "neutro",
      uncertain: "incerto",
    },
  },
  pt: {
    name: "Português",
    words: {
      angry: "raiva",
      disgust: "nojo",
      fear: "medo",
      happy: "alegria",
      sad: "tristeza",
      surprise: "surpresa",
      neutral: "neutro",
      uncertain: "incerto",
    },
  },
} satisfies Record<string, Language>;

export type LanguageCode = keyof typeof languages;

function isLanguage(code: string): code is LanguageCode {
  return code in languages;
}

function browsersLanguage(): LanguageCode {
  const codes = navigator.languages.map((tag) => tag.split("-")[0] ?? "");
  return codes.find(isLanguage) ?? "en";
}

/** The language in which expressions are named, on every page. */
export const labelLanguage = setting<LanguageCode>(
  "label-language",
  (text) => (isLanguage(text) ? text : undefined),
  browsersLanguage,
);

export function labelOf(word: Word, code: LanguageCode = labelLanguage.value): string {
  return languages[code].words[word];
}
