export interface Advice {
  title: string;
  text: string;
}

/** The picture is wanted for this; browsers choose what comes near. */
const wanted = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** Why this page cannot have a camera at all; undefined when it can ask. */
export function obstacle(): Advice | undefined {
  if (window.isSecureContext && "mediaDevices" in navigator) return undefined;
  return {
    title: "This page needs https for your camera",
    text:
      "Browsers lend a camera only to pages that come by https or from localhost. Start the server " +
      "with mien serve --tls-self-signed and open its https address, or use Mien on the machine it runs on.",
  };
}

export function openCamera(device: string): Promise<MediaStream> {
  const video = device
    ? { ...wanted, deviceId: { exact: device } }
    : { ...wanted, facingMode: "user" };
  return navigator.mediaDevices.getUserMedia({ video, audio: false });
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The cameras; browsers name them only once one was allowed. */
export async function cameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "");
}

const advices: Record<string, Advice> = {
  NotAllowedError: {
    title: "The camera was not allowed",
    text:
      "Your browser or system refused the camera to this page. Allow it by the camera or lock sign " +
      "beside the address, or in the system's privacy settings, and start again.",
  },
  NotFoundError: {
    title: "No camera was found",
    text: "Connect a camera and start again. On the Analyze page you can use pictures and videos instead.",
  },
  NotReadableError: {
    title: "The camera is in use",
    text: "Another program or tab seems to hold the camera. Close it there and start again.",
  },
  OverconstrainedError: {
    title: "That camera is gone",
    text: "The camera you chose is not connected any more. Choose another one and start again.",
  },
};

export function adviceFor(failure: unknown): Advice {
  const name = failure instanceof Error || failure instanceof DOMException ? failure.name : "";
  return (
    advices[name] ?? {
      title: "The camera could not be started",
      text: `The browser said: ${failure instanceof Error ? failure.message : String(failure)}`,
    }
  );
}
