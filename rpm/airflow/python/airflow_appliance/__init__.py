"""What the appliance adds to Airflow: sign-in, guards and the programs of a node."""
