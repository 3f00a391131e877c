// Manifests are bundled as text, so that the built sandbox needs no files beside it.
declare module '*.yaml' {
  const text: string;
  export default text;
}
