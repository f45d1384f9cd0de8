/** What the form of an assistant holds, and what the API takes. */
import {
  array,
  boolean,
  gte,
  int,
  lte,
  maxLength,
  minLength,
  object,
  enum as oneOf,
  pipe,
  refine,
  string,
  type infer as Typed,
  transform,
  trim,
} from "zod/mini";
import type { Assistant, NewAssistant, Template } from "@/lib/ai/types";

export const TONES = ["friendly", "formal", "brief"] as const;
export const MOST = { name: 100, instructions: 8_000, questions: 8, question: 300 };
/** What a number may be. */
export const RANGES = { most_tokens: [50, 4_000], memory_tokens: [0, 20_000] } as const;

/** A field that holds a whole number within a range. */
export const whole = ([least, most]: readonly [number, number]) =>
  pipe(
    pipe(
      string(),
      transform((text) => (text.trim() === "" ? Number.NaN : Number(text))),
    ),
    int().check(gte(least), lte(most)),
  );

/** As the fields hold it: numbers and lines as texts, the usual model as an empty one. */
export const ASSISTANT = object({
  name: string().check(trim(), minLength(1), maxLength(MOST.name)),
  instructions: string().check(trim(), maxLength(MOST.instructions)),
  tone: oneOf(TONES),
  model: string(),
  knowledge_base_ids: array(string()),
  most_tokens: whole(RANGES.most_tokens),
  memory_tokens: whole(RANGES.memory_tokens),
  redacts: boolean(),
  examples: string().check(
    refine((text) => {
      const lines = linesOf(text);
      return lines.length <= MOST.questions && lines.every((line) => line.length <= MOST.question);
    }),
  ),
});
export type Checked = Typed<typeof ASSISTANT>;
export type Values = Omit<Checked, "most_tokens" | "memory_tokens"> & {
  most_tokens: string;
  memory_tokens: string;
};

export const EMPTY: Values = {
  name: "",
  instructions: "",
  tone: "friendly",
  model: "",
  knowledge_base_ids: [],
  most_tokens: "600",
  memory_tokens: "1500",
  redacts: false,
  examples: "",
};

export function valuesOf({ name, current }: Assistant): Values {
  return {
    name,
    instructions: current.instructions,
    tone: current.tone,
    model: current.model ?? "",
    knowledge_base_ids: current.knowledge_base_ids,
    most_tokens: String(current.most_tokens),
    memory_tokens: String(current.memory_tokens),
    redacts: current.redacts,
    examples: current.example_questions.join("\n"),
  };
}

export function valuesFrom({ name, instructions, tone, questions }: Template): Values {
  return { ...EMPTY, name, instructions, tone, examples: questions.join("\n") };
}

export function bodyOf({ examples, model, ...rest }: Checked): NewAssistant {
  return { ...rest, model: model === "" ? null : model, example_questions: linesOf(examples) };
}

export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
