import type { Setting } from "../../app/setting";
import { element } from "../../component/element";
import { selectField } from "../../component/field";
import { cameras, obstacle } from "./camera";

/** Chooses among the cameras, as far as the browser tells of them. */
export class CameraField {
  readonly element = element("div", { class: "field-place" });
  readonly #camera: Setting<string>;
  readonly #onChange: () => void;
  #offered = "";

  constructor(camera: Setting<string>, onChange: () => void) {
    this.#camera = camera;
    this.#onChange = onChange;
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.refresh());
  }

  async refresh(): Promise<void> {
    if (obstacle()) return;
    const known = await cameras();
    if (!known.some(({ deviceId }) => deviceId === this.#camera.value)) this.#camera.value = "";
    if (known.length === 0) {
      this.#offered = "";
      return this.element.replaceChildren();
    }
    const options = known.map(
      ({ deviceId, label }, index) => [deviceId, label || `Camera ${index + 1}`] as const,
    );
    const all = [["", "Browser's choice"] as const, ...options];
    // A list that is in use is not replaced by the same one.
    const offered = JSON.stringify([all, this.#camera.value]);
    if (offered === this.#offered) return;
    this.#offered = offered;
    this.element.replaceChildren(
      selectField("Camera", all, this.#camera.value, (device) => {
        this.#camera.value = device;
        this.#offered = JSON.stringify([all, device]);
        this.#onChange();
      }),
    );
  }
}
