import { useHost } from '../bridge/host';
import { S } from '../strings';
import { CopyButton } from '../ui/CopyButton';
import { Dialog } from '../ui/Dialog';

/** Shows where a link of the agent really leads before the browser is asked to go there. */
export function LinkDialog({ url, onClose }: { url: string; onClose: () => void }) {
  const { api } = useHost();
  const open = () => {
    void api.OpenExternal(url).catch(() => {});
    onClose();
  };
  return (
    <Dialog
      open={url !== ''}
      onClose={onClose}
      title={S.link.title}
      text={S.link.text}
      actions={
        <>
          <CopyButton className="" wide text={url} label={S.link.copy} />
          <button type="button" className="btn" onClick={onClose}>
            {S.common.cancel}
          </button>
          <button type="button" className="btn primary" onClick={open}>
            {S.link.open}
          </button>
        </>
      }
    >
      <pre className="address">{url}</pre>
    </Dialog>
  );
}
