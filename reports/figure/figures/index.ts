/** The paper's figures, in its order, and after them those that it has not. */
import type { Figure } from '../figure.js';
import { attackFigures } from './attacks.js';
import { fig07 } from './fig07.js';
import { fig08 } from './fig08.js';
import { fig09 } from './fig09.js';
import { fig10 } from './fig10.js';
import { fig11 } from './fig11.js';
import { fig12 } from './fig12.js';
import { fig13 } from './fig13.js';
import { fig14 } from './fig14.js';
import { takeoverFigures } from './takeovers.js';

export const figures: readonly Figure[] = [
  fig07,
  fig08,
  fig09,
  fig10,
  fig11,
  fig12,
  fig13,
  fig14,
  ...attackFigures,
  ...takeoverFigures,
];
