/** The body of every error response (RFC 9457), with a stable `code` for programs and a `detail` for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** For bad input: each wrong field and what it should be. */
  readonly errors?: readonly FieldError[];
}

export interface FieldError {
  /** `customer.phone`, `methods.0` … */
  readonly path: string;
  readonly message: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
