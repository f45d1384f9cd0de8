/** The API's own shapes, by the names that the assistant's rooms use. */
import type { Schemas } from "@/lib/api/client";

export type KnowledgeBase = Schemas["KnowledgeBaseAnswer"];
export type Document = Schemas["DocumentAnswer"];
export type DocumentAccess = Required<Schemas["DocumentAccess"]>;
export type Passages = Schemas["PassagesAnswer"];
export type Assistant = Schemas["AssistantAnswer"];
export type Version = Schemas["VersionAnswer"];
export type NewAssistant = Required<Schemas["NewAssistant"]>;
export type Model = Schemas["ModelAnswer"];
export type Chat = Schemas["ChatAnswer"];
export type Answer = Schemas["AnswerAnswer"];
export type Citation = Schemas["CitationAnswer"];
export type Source = Schemas["SourceAnswer"];
export type Question = Schemas["NewQuestion"];
export type Budget = Schemas["BudgetAnswer"];
export type Use = Schemas["UseAnswer"];
export type Finding = Schemas["FindingAnswer"];
export type Template = Schemas["Template"];
export type Run = Schemas["RunAnswer"];
export type WholeRun = Schemas["WholeRunAnswer"];
export type EvaluationQuestion = Schemas["EvaluationQuestionAnswer"];
export type Widget = Schemas["WidgetAnswer"];
