"use client";
import { type ComponentProps, useState } from "react";
import { TextField } from "@/components/ui/text-field";

type Props = Omit<ComponentProps<typeof TextField>, "type" | "end"> & { show: string; hide: string };

/** A password that can be looked at while it is typed; `show` and `hide` name the button's two acts. */
export function PasswordField({ show, hide, ...field }: Props) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...field}
      type={shown ? "text" : "password"}
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      end={
        <button
          type="button"
          className="h-11 rounded-lg px-3 text-sm font-medium text-accent"
          onClick={() => setShown(!shown)}
        >
          {shown ? hide : show}
        </button>
      }
    />
  );
}
