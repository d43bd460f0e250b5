// Hands the server's answer on to the planes.
const pass = () => { if (props.value) window.ganCoverage?.$TO(props.value); };
watch('value', pass);
pass();
