import { createContext, useContext } from 'react';

/** Opens an address after showing it to the person: the text around it is the agent's and may say anything. */
const OpenLink = createContext<(url: string) => void>(() => {});
export const OpenLinkProvider = OpenLink.Provider;
export const useOpenLink = () => useContext(OpenLink);
