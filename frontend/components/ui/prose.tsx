/** Pieces of written text, as they look in messages and answers alike. */
import type { ReactNode } from "react";

export function CodeBlock({ children }: { children: string }) {
  return (
    <pre className="overflow-x-auto rounded-lg border border-line bg-sunken px-3 py-2 font-mono text-sm">
      {children}
    </pre>
  );
}

export function Code({ children }: { children: string }) {
  return (
    <code className="rounded border border-line bg-sunken px-1 py-0.5 font-mono text-sm">{children}</code>
  );
}

export function Quote({ children }: { children: ReactNode }) {
  return <blockquote className="border-s-4 border-line ps-3 text-ink-soft">{children}</blockquote>;
}

/** Leads out of the app, in a tab of its own; the address shows where the text does not tell it. */
export function OutwardLink({ href, children }: { href: string; children: string }) {
  return (
    <a
      href={href}
      title={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent underline underline-offset-2"
    >
      {children}
    </a>
  );
}
