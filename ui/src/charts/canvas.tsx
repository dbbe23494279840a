// A canvas that is sharp on every screen: sized in CSS pixels, backed by device pixels, drawn before the browser
// paints.

import { useLayoutEffect, useRef, type ReactNode } from "react";

/** Draws everything, in CSS pixels. The canvas is empty when it is called. */
export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

interface Props {
  readonly width: number;
  readonly height: number;
  /** Drawn anew whenever this is another function. */
  readonly draw: Draw;
  readonly className?: string;
  readonly top?: number;
}

export function Canvas({ width, height, draw, className, top = 0 }: Props): ReactNode {
  const element = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext("2d") ?? null;
    if (canvas === null || context === null || width <= 0 || height <= 0) return;
    const scale = window.devicePixelRatio;
    const [deviceWidth, deviceHeight] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
      canvas.width = deviceWidth;
      canvas.height = deviceHeight;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
  }, [width, height, draw]);
  return <canvas ref={element} className={className} style={{ width, height, top }} aria-hidden="true" />;
}
