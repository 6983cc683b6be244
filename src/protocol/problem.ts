/** Every refusal, in the form of RFC 9457, with a stable `code` for programs and `detail` for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** For bad input: each field at fault and what it should be. */
  readonly errors?: readonly FieldError[];
}

export interface FieldError {
  /** `customer.phone`, `methods.0` … */
  readonly path: string;
  readonly message: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
