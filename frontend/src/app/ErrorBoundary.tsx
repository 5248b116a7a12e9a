import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Fault, toFault } from '../bridge/fault';
import { S } from '../strings';
import { CopyButton } from '../ui/CopyButton';
import { FaultCard } from '../ui/FaultCard';

interface Props {
  children: ReactNode;
}

/** A bug in one view must not take the window with it. The parent gives a key, so that another place begins afresh. */
export class ErrorBoundary extends Component<Props, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    const cause = toFault(this.state.error);
    const stack = this.state.error instanceof Error ? this.state.error.stack : undefined;
    return (
      <div className="page">
        <FaultCard
          fault={new Fault('internal', S.fault.view, cause.message, S.fault.viewDo)}
          onRetry={() => this.setState({ error: undefined })}
          live
        >
          <CopyButton className="small" wide text={stack ?? cause.message} label={S.fault.copy} />
        </FaultCard>
      </div>
    );
  }
}
