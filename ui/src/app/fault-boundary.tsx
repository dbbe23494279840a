// Where a fault in a page ends: the shell stands, the message is shown, another page can be opened.

import { Component, type ReactNode } from "react";
import { watch } from "../base/location.ts";
import { Failure } from "../pages/failure.tsx";

interface State {
  readonly error: Error | null;
}

export class FaultBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };
  private stopWatching: (() => void) | null = null;

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidMount(): void {
    this.stopWatching = watch(() => {
      if (this.state.error !== null) this.setState({ error: null });
    });
  }

  override componentWillUnmount(): void {
    this.stopWatching?.();
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <Failure error={error} />;
  }
}
